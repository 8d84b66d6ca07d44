"""What there is to ask about: lists, explanations, and what a store can compute for a technology."""
