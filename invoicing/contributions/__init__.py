"""What each activity pays towards the pooled services: voted rules, computed and explained month by month."""
