"""Pages that hold several stories, taken apart: lines, where stories begin, what each is called, what is left over."""
