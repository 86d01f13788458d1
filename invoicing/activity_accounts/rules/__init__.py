"""The arithmetic of the activity's account and of the estimate of pay. Pure."""
