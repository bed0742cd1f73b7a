"""Which words stand in quotation marks.

In: the marks of each text in order, as `words_kernels.split_words` leaves them. Out: a flag a word,
False for words in a quotation. Quotations in straight and curly doubles, guillemets both ways,
low-high German marks and corner brackets, running over paragraphs where each opens anew.

Partners are missing often. A mark of another kind stands in that nothing else explains: “… ". Without one, a mark that
can do nothing but open quotes the rest of its line, and any other nothing, so that none can swallow the story.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Flags, Integers, Numbers
from storyclust.compile import kernel
from storyclust.text.words_kernels import AFTER_SPACE, BEFORE_SPACE, LINE_START

# Kinds of marks; `characters` gives the code points of each.
STRAIGHT, CURLY_OPEN, CURLY_CLOSE, LOW_OPEN = 10, 11, 12, 13
ANGLE_LEFT, ANGLE_RIGHT, CORNER_OPEN, CORNER_CLOSE = 14, 15, 16, 17
WHITE_OPEN, WHITE_CLOSE = 18, 19
AT_SIGN = 20  # no quotation mark: it signs posts, for `lines_kernels`

# How a quotation ends: in a mark; in none; each paragraph of a long one opens anew, and only the last one closes.
CLOSED, MISSING, GOES_ON = range(3)

# A longer run between two marks is rather two marks whose partners are missing.
LONGEST_QUOTATION = 400

# What is quoted to the end of a line for want of a mark is no longer than 99 of 100 quotations are.
LONGEST_UNCLOSED = 75


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
def surely_opens(kind: int, lean: int) -> bool:
    """Whether a mark can be nothing but the beginning of a quotation."""
    return kind in (CURLY_OPEN, LOW_OPEN, ANGLE_LEFT, CORNER_OPEN, WHITE_OPEN) and leans_forward(lean)


@kernel
def partner(marks: Numbers, opener: int, last: int) -> tuple[int, int]:
    """Where the quotation ends that the mark at `opener` began, and how: CLOSED, GOES_ON or MISSING.

    If its partner is missing, that is the mark, or the `last` of all, before which it would have to stand.
    """
    kind, line, paragraph = marks[opener, 1], marks[opener, 3], marks[opener, 4]
    for index in range(opener + 1, last):
        _, other, lean, other_line, other_paragraph = marks[index]
        if other == AT_SIGN:
            continue
        again = other == kind and opens(other, lean)
        if again and (lean & LINE_START) != 0 and (other_paragraph == paragraph + 1 or other_line == line + 1):
            return index, GOES_ON
        if other_paragraph != paragraph:
            return index, MISSING  # its paragraph ended without a closing mark
        if closes(other, kind) and not (other == kind and leans_forward(lean)):
            return index, CLOSED
        if again:
            return index, MISSING
    return last, MISSING


@kernel
def stand_in(marks: Numbers, opener: int, last: int) -> int:
    """Which mark of another kind ends the quotation that has no partner before `last`; `last` if none does.

    It stands against what is before it, and ends no quotation within the quotation.
    """
    inner = 0
    for index in range(opener + 1, last):
        kind, lean = marks[index, 1], marks[index, 2]
        if inner != 0:
            inner = 0 if closes(kind, inner) else inner
        elif kind != AT_SIGN and leans_forward(lean):
            inner = kind
        elif kind in (STRAIGHT, CURLY_CLOSE, ANGLE_RIGHT) and (lean & AFTER_SPACE) == 0:
            return index
    return last


@kernel
def end_of_line(lines: Numbers, first: int, last: int, word: int, lean: int) -> int:
    """The word after the last on the line of a mark before `word`; that word itself if the mark ends its line."""
    row = first + np.searchsorted(lines[first:last, 0], word, "right")
    ends_it = row > first and lines[row - 1, 0] == word and (lean & LINE_START) == 0
    return word if ends_it or row == last else lines[row, 0]


@kernel
def flag_narrated(marks: Numbers, first_mark: Integers, lines: Numbers, first_line: Integers, narrated: Flags) -> None:
    """Set the words in quotations to False in `narrated` (bool, one a word, all True when handed in)."""
    for text in range(len(first_mark) - 1):
        index, last = first_mark[text], first_mark[text + 1]
        while index < last:
            start, kind, lean = marks[index, 0], marks[index, 1], marks[index, 2]
            if kind == AT_SIGN or not opens(kind, lean):
                index += 1
                continue
            stop, (after, how) = start, partner(marks, index, last)
            if how == MISSING:
                after, bound = stand_in(marks, index, after), after
                how = CLOSED if after < bound else MISSING
            if how != MISSING:
                stop = marks[after, 0]
            elif surely_opens(kind, lean):
                stop = end_of_line(lines, first_line[text], first_line[text + 1], start, lean)
                stop = min(stop, marks[after, 0]) if after < last else stop
            longest = LONGEST_UNCLOSED if how == MISSING else LONGEST_QUOTATION
            if how == GOES_ON or stop - start <= longest:
                narrated[start:stop] = False
            index = index + 1 if how == MISSING else after if how == GOES_ON else after + 1
