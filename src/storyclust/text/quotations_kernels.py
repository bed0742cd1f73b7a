"""Which words stand in quotation marks.

In: the marks of each text in order, as `words_kernels.split_words` leaves them. Out: a flag a word,
False for words in a quotation. Quotations in straight and curly doubles, guillemets both ways,
low-high German marks and corner brackets, running over paragraphs where each opens anew.

A mark that is never closed quotes nothing, so that it cannot swallow the story.
"""

from __future__ import annotations

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.words_kernels import AFTER_SPACE, BEFORE_SPACE, LINE_START

# Kinds of marks; `characters` gives the code points of each.
STRAIGHT, CURLY_OPEN, CURLY_CLOSE, LOW_OPEN = 8, 9, 10, 11
ANGLE_LEFT, ANGLE_RIGHT, CORNER_OPEN, CORNER_CLOSE = 12, 13, 14, 15
WHITE_OPEN, WHITE_CLOSE = 16, 17
AT_SIGN = 18  # no quotation mark: it signs posts, for `lines_kernels`

# A longer run between two marks is rather two marks whose partners are missing.
LONGEST_QUOTATION = 400


@kernel
def leans_forward(lean: int) -> bool:
    """Whether a mark stands against the word that follows it."""
    return (lean & AFTER_SPACE) != 0 and (lean & BEFORE_SPACE) == 0


@kernel
def opens(kind: int, lean: int) -> bool:
    """Whether a mark, met outside a quotation, begins one."""
    if kind in (CURLY_OPEN, LOW_OPEN, CORNER_OPEN, WHITE_OPEN, ANGLE_LEFT):
        return True
    # These close in one language and open in another.
    return kind not in (CORNER_CLOSE, WHITE_CLOSE) and leans_forward(lean)


@kernel
def closes(kind: int, opener: int) -> bool:
    """Whether a mark ends the quotation that a mark of the kind `opener` began."""
    if opener == CURLY_OPEN:
        return kind == CURLY_CLOSE
    if opener == LOW_OPEN:
        return kind == CURLY_OPEN or kind == CURLY_CLOSE
    if opener == ANGLE_LEFT:
        return kind == ANGLE_RIGHT
    if opener == ANGLE_RIGHT:
        return kind in (ANGLE_LEFT, ANGLE_RIGHT)
    if opener == CORNER_OPEN:
        return kind == CORNER_CLOSE
    if opener == WHITE_OPEN:
        return kind == WHITE_CLOSE
    return kind == opener  # straight marks, and the Nordic habit of one mark at both ends


@kernel
def flag_narrated(marks: Numbers, first_mark: Integers, narrated: Flags) -> None:
    """Set the words in quotations to False in `narrated` (bool, one a word, all True when handed in)."""
    for text in range(len(first_mark) - 1):
        opener, start, opened_line, opened_paragraph = 0, 0, 0, 0
        for index in range(first_mark[text], first_mark[text + 1]):
            word, kind, lean, line, paragraph = marks[index]
            if kind == AT_SIGN:
                continue
            goes_on = False
            if opener != 0:
                next_paragraph = paragraph == opened_paragraph + 1 or line == opened_line + 1
                again = kind == opener and opens(kind, lean)
                if again and next_paragraph and (lean & LINE_START) != 0:
                    # Each paragraph of a long quotation opens anew; only the last one closes.
                    narrated[start:word] = False
                    goes_on = True
                elif paragraph != opened_paragraph:
                    opener = 0  # its paragraph ended without a closing mark
                elif closes(kind, opener) and not (kind == opener and leans_forward(lean)):
                    if word - start <= LONGEST_QUOTATION:
                        narrated[start:word] = False
                    opener = 0
                    continue
                elif not again:
                    continue  # a quotation within the quotation, in other marks
            if goes_on or opens(kind, lean):
                opener, start, opened_line, opened_paragraph = kind, word, line, paragraph
