"""`python -m runner` in the checkout, `python -m pgears` where the wheel is installed."""

from .cli import main

main()
