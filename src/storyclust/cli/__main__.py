"""``python -m storyclust.cli``."""

from storyclust.cli import main

if __name__ == "__main__":
    main()
