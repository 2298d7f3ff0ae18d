"""What is asked: scenario files, their schema with units and sources, and loading them."""
