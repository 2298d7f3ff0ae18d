"""What presses and rewards: appraisal, what is done for its score, honours."""
