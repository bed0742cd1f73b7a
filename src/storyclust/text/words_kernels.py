"""Words and their places, from UTF-8, in one pass over the bytes of a batch.

In: the UTF-8 bytes of many texts, where each begins, and the character table of `characters`.
Out: for every word a 64-bit hash of its folded letters and its half-open code-point offsets into the
text as given, and whether it holds a digit; every quotation mark and at sign with the word it stands before,
for `quotations_kernels` and `lines_kernels`; and where lines begin and how each ends.

A word is a run of letters, digits and combining marks; a character of a script written without
spaces is a word of its own; ignored characters (soft hyphens, joiners) neither end a word nor count.
"""

from __future__ import annotations

import numpy as np

from storyclust.arrays import Bytes, Hashes, Integers, Numbers, Words32
from storyclust.compile import kernel

# The kind of a character: the top byte of its table entry. LEADING: opening brackets and dashes. From
# FIRST_MARK on: quotation marks. Up to DIGIT they are the many, and are told apart without a branch.
SEPARATOR, SPACE, LEADING, WORD, DIGIT, IGNORED, NEWLINE, SINGLE = 0, 1, 2, 3, 4, 5, 6, 7
FIRST_MARK = 8

TABLE_SIZE = 0x20000  # the first two planes; of what lies beyond, only Han is written with words ...
HAN_STOP = 0x32000  # ... and ends here
TAGS, TAGS_STOP = 0xE0000, 0xE1000  # tags and variation selectors, which nobody sees

HASH_SEED = np.uint64(0xCBF29CE484222325)
HASH_FACTOR = np.uint64(0x9E3779B97F4A7C15)
MIX_1 = np.uint64(0xFF51AFD7ED558CCD)
MIX_2 = np.uint64(0xC4CEB9FE1A85EC53)
MIX_SHIFT = np.uint64(33)

# What is kept of each word beside its hash, as bits: its writer's own telling; begins a shingle
# that its text has not had before; stands in a passage that everyone uses. The kind of the word stands above them.
NARRATED, FRESH, STOCK = 1, 2, 4
KIND_SHIFT = 4

# What a word is: narrated; in quotation marks; of an embedded post; of a caption; of a byline, agency's or copyright
# line; of the site around the story.
TOLD, QUOTED, POSTED, CAPTION, CREDIT, CLUTTER = range(6)
KINDS = 6

# A weight for each digit: words of the same digits, in whatever order and script, have the same sum. Most blocks of
# digits begin at a multiple of 16, those of the Indian scripts 6 later.
DIGIT_WEIGHTS = np.array([1, 3, 7, 13, 22, 33, 47, 66, 87, 109, 5, 9, 17, 27, 39, 51], np.int64)
INDIC, INDIC_STOP, INDIC_ZERO = 0x900, 0xE00, 6
HAS_DIGITS, DIGIT_SUM = 0x80, 0x7F

# How a mark leans, as bits: what stands before it, what after, and whether it opens a line.
AFTER_SPACE, BEFORE_SPACE, LINE_START = 1, 2, 4


@kernel
def mix64(value: np.uint64) -> np.uint64:
    """The MurmurHash3 finalizer: every bit of the input reaches every bit of the output."""
    value ^= value >> MIX_SHIFT
    value *= MIX_1
    value ^= value >> MIX_SHIFT
    value *= MIX_2
    return value ^ (value >> MIX_SHIFT)


@kernel
def decode(data: Bytes, position: int) -> tuple[int, int]:
    """The code point at a byte of valid UTF-8 (lone surrogates included), and its length in bytes."""
    first = int(data[position])
    if first < 0x80:
        return first, 1
    second = int(data[position + 1]) & 0x3F
    if first < 0xE0:
        return (first & 0x1F) << 6 | second, 2
    third = int(data[position + 2]) & 0x3F
    if first < 0xF0:
        return (first & 0x0F) << 12 | second << 6 | third, 3
    return (first & 0x07) << 18 | second << 12 | third << 6 | int(data[position + 3]) & 0x3F, 4


@kernel
def read(data: Bytes, position: int, table: Words32) -> tuple[int, int, int]:
    """The kind and the folded form of the character at a byte, and its length in bytes."""
    code_point, width = decode(data, position)
    if code_point < TABLE_SIZE:
        entry = int(table[code_point])
        return entry >> 24, entry & 0xFFFFFF, width
    if TAGS <= code_point < TAGS_STOP:
        return IGNORED, code_point, width
    return (SINGLE if code_point < HAN_STOP else SEPARATOR), code_point, width


@kernel
def read_letters(
    data: Bytes, position: int, end: int, table: Words32, place: int, folded: int, word_hash: np.uint64
) -> tuple[int, int, int, np.uint64]:
    """Read on over plain letters of one byte, most of what there is: where they end, the last, and the hash."""
    while position < end and data[position] < 0x80 and table[data[position]] >> 24 == WORD:
        folded = int(table[data[position]]) & 0xFFFFFF
        word_hash = (word_hash ^ np.uint64(folded)) * HASH_FACTOR
        position += 1
        place += 1
    return position, place, folded, word_hash


@kernel
def lean_of(data: Bytes, position: int, end: int, table: Words32, before: int, line_start: bool) -> int:
    """How the mark that ends at a byte leans on its neighbours; a bracket or dash before it is as good as a space."""
    lean = AFTER_SPACE if before in (SPACE, NEWLINE, LEADING) else 0
    after = IGNORED
    while after == IGNORED and position < end:
        after, _, width = read(data, position, table)
        position += width
    if after in (SPACE, NEWLINE, IGNORED):
        lean |= BEFORE_SPACE
    return lean | (LINE_START if line_start else 0)


@kernel
def is_small(code_point: int) -> bool:
    """Whether a letter is a small one of the scripts that have capitals: Latin, Greek or Cyrillic."""
    return (
        0x61 <= code_point <= 0x7A
        or 0xDF <= code_point < 0x250
        or 0x3AC <= code_point < 0x3CF
        or (0x430 <= code_point < 0x460)
    )


@kernel
def digit_weight(digit: int) -> int:
    """The weight of a decimal digit of any script."""
    zero = INDIC_ZERO if INDIC <= digit < INDIC_STOP else 0
    return int(DIGIT_WEIGHTS[(digit - zero) & 15])


@kernel
def split_words(
    data: Bytes,
    bounds: Integers,
    table: Words32,
    hashes: Hashes,
    starts: Words32,
    stops: Words32,
    figures: Bytes,
    first_word: Integers,
    marks: Numbers,
    first_mark: Integers,
    lines: Numbers,
    line_bytes: Integers,
    first_line: Integers,
) -> None:
    """Fill the arrays for the texts ``data[bounds[i]:bounds[i + 1]]``.

    data uint8; bounds int64, one more than texts; table uint32 of TABLE_SIZE; hashes uint64, starts and
    stops uint32, figures uint8, as long as half of data and one a text and one; first_word and first_mark
    int64, as bounds; marks int32, a row a mark: word, kind, lean, line, paragraph; lines int32, a row a line
    that has words: the word after its last, its last character that is no space, and whether it begins small;
    line_bytes int64, likewise: the byte where it ends.
    """
    words, seen, ended = 0, 0, 0
    for text in range(len(bounds) - 1):
        first_word[text], first_mark[text], first_line[text] = words, seen, ended
        last, line_words, small = 0, words, False
        position, end, place = bounds[text], bounds[text + 1], 0
        in_word, figure, start, word_hash = 0, 0, 0, HASH_SEED
        before, line, paragraph = NEWLINE, 0, 0
        line_start, empty_line = True, False
        while position < end:
            kind, folded, width = read(data, position, table)
            position += width
            place += 1
            if kind <= DIGIT:
                # A branch foreseen wrongly costs more than a character: so the word under way is written with every
                # character that is not read on over, and kept when it ends.
                is_word = int(kind >= WORD)
                if is_word and not in_word and words == line_words:
                    small = is_small(decode(data, position - width)[0])
                words += in_word & (1 - is_word)
                start = start if in_word else place - 1
                word_hash = ((word_hash if in_word else HASH_SEED) ^ np.uint64(folded)) * HASH_FACTOR
                figure = figure if in_word else 0
                if kind == DIGIT:
                    figure = HAS_DIGITS | ((figure + digit_weight(folded)) & DIGIT_SUM)
                if is_word:
                    position, place, folded, word_hash = read_letters(
                        data, position, end, table, place, folded, word_hash
                    )
                under_way = np.uint64(words)
                hashes[under_way] = word_hash
                starts[under_way] = start
                stops[under_way] = place
                figures[under_way] = figure
                in_word = is_word
                line_start = line_start and kind == SPACE
                empty_line = empty_line and kind == SPACE
                before = kind
                last = last if kind == SPACE else folded
            elif kind != IGNORED:
                words += in_word
                in_word = 0
                if kind == NEWLINE:
                    if words > line_words:
                        lines[ended, 0], lines[ended, 1], lines[ended, 2] = words, last, small
                        line_bytes[ended] = position - width
                        ended, line_words = ended + 1, words
                        small = False
                    line += 1
                    paragraph += line_start and not empty_line
                    empty_line, line_start = line_start, True
                else:
                    if kind == SINGLE:
                        hashes[words] = (HASH_SEED ^ np.uint64(folded)) * HASH_FACTOR
                        starts[words], stops[words], figures[words] = place - 1, place, 0
                        words += 1
                    else:
                        lean = lean_of(data, position, end, table, before, line_start)
                        marks[seen, 0], marks[seen, 1], marks[seen, 2] = words, kind, lean
                        marks[seen, 3], marks[seen, 4] = line, paragraph
                        seen += 1
                    line_start, empty_line = False, False
                    last = folded
                before = kind
        words += in_word
        if words > line_words:
            lines[ended, 0], lines[ended, 1], lines[ended, 2] = words, last, small
            line_bytes[ended] = end
            ended += 1
        for word in range(np.uint64(first_word[text]), np.uint64(words)):
            hashes[word] = mix64(hashes[word])
    first_word[len(bounds) - 1] = words
    first_mark[len(bounds) - 1] = seen
    first_line[len(bounds) - 1] = ended
