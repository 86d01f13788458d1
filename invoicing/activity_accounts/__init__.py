"""What each entrepreneur has left on the activity's account, and what pay it may give."""
