"""What is made of a tensor expression."""
