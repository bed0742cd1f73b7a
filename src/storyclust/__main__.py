"""``python -m storyclust``: the command line."""

from storyclust.cli import main

if __name__ == "__main__":
    main()
