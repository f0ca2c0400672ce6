"""The rule catalogue (R01 to R71): one pure function a rule."""
