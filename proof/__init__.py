"""What leaves the house: verification by people who do not trust the operator."""
