"""Speed and quality of the full-text compiler over a folder of LaTeX trees."""
