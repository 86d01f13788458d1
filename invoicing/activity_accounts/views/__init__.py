"""The pages of the activity's account: the entrepreneurs' own, and the staff's."""
