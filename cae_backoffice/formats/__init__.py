"""How Django writes dates where no template filter does: `FORMAT_MODULE_PATH`."""
