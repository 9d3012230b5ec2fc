"""What a draft would have done to the tickets of the last days, with everything as it was then (I1)."""
