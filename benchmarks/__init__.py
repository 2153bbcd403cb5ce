"""What each strategy costs, measured."""
