"""Pages that show one kind of trouble each, drawn operator by operator: see pages/kinds for what they must give."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise

from tests.readers.rawpdf import HEIGHT, bar, prose, rule, words

SAID = [
    "Membranes of 4T1 cells were isolated by lysis and fused with cores by extrusion, and",
    "their size was measured in water before and after the coating step. The particles",
    "were loaded with doxorubicin, washed twice and kept at 4 degrees until they were used.",
]
OTHER = [
    "The mice were weighed every day and the volume of their tumors was measured with a",
    "caliper. All the data are given as means of six mice each, with their deviations.",
]
HEAD = ["Cell line", "Core", "Drug", "Size (nm)"]
ROWS = [["4T1", "PLGA", "none", "110"], ["HeLa", "silica", "sorafenib", "125"], ["B16", "gold", "none", "92"]]
LEFT, STEP, DEEP, TOP = 50, 85, 16, 160
CAPTION = words(LEFT - 4, TOP - 8, "Table 1. Particles with membranes of cancer cells.", 9, "B")
FRONT = words(LEFT, 24, "Coated particles for the treatment of cancer in mice", 14, "B")
FRONT += words(LEFT, 44, "Introduction", 11, "B")
START, END = FRONT + prose(LEFT, 60, SAID), prose(LEFT, 320, OTHER)

Pages = Sequence[str]
TROUBLES: dict[str, Callable[[], Pages]] = {}


def trouble(draw: Callable[[], Pages]) -> Callable[[], Pages]:
    TROUBLES[draw.__name__.replace("_", "-")] = draw
    return draw


def cells(rows: Sequence[Sequence[str]], top: float = TOP, left: float = LEFT, step: float = STEP) -> str:
    return "".join(
        words(left + step * col, top + 12 + DEEP * row, cell, 9)
        for row, line in enumerate(rows)
        for col, cell in enumerate(line)
    )


def wide(y: float, left: float = LEFT, right: float = LEFT + 4 * STEP) -> str:
    return rule(left - 4, right, y)


def ruled(rows: Sequence[Sequence[str]], top: float = TOP) -> str:
    """A table with rules at head and foot and beneath its heading."""
    return wide(top) + wide(top + DEEP) + wide(top + DEEP * len(rows)) + cells(rows, top)


def lines(first: int = 0) -> list[str]:
    return [(SAID + OTHER)[n % 5] for n in range(first, first + 24)]


@trouble
def line_numbers_at_both_sides() -> Pages:
    """A manuscript with the number of each line in both margins, counted through its pages."""
    pages = []
    for page in (0, 1):
        drawn = (FRONT if not page else "") + prose(LEFT, 60, lines(page), 8, 18)
        for row in range(24):
            number = str(24 * page + row + 1)
            drawn += words(38 - 4 * len(number), 60 + 18 * row, number, 8) + words(395, 60 + 18 * row, number, 8)
        pages.append(drawn)
    return pages


@trouble
def line_numbers_every_fifth() -> Pages:
    """A manuscript with the number of each fifth line at the left."""
    drawn = FRONT + prose(LEFT, 60, lines(), 9, 18)
    return [drawn + "".join(words(26, 60 + 18 * row, str(row + 1), 8) for row in range(4, 24, 5))]


@trouble
def watermark() -> Pages:
    return [START + "BT /F 40 Tf 0.7 0.7 -0.7 0.7 90 150 Tm (ACCEPTED MANUSCRIPT) Tj ET\n"]


@trouble
def boxes_without_captions() -> Pages:
    """A ruled box of labels on each page; neither is a table of records, neither may vanish."""

    def box(rows: Sequence[Sequence[str]]) -> str:
        sides = "".join(bar(x, TOP, x + 0.5, TOP + DEEP * len(rows)) + "f\n" for x in (46, LEFT + 4 * STEP))
        return "".join(wide(TOP + DEEP * n) for n in range(len(rows) + 1)) + sides + cells(rows, step=2 * STEP)

    one = [["Coat", "4T1 cells"], ["Drug", "doxorubicin"], ["Width", "118 nm"], ["Animal", "BALB/c mice"]]
    two = [["Coat", "RAW 264.7"], ["Drug", "paclitaxel"], ["Width", "142 nm"], ["Animal", "C57BL/6 mice"]]
    return [START + box(one), prose(LEFT, 60, SAID) + box(two)]


@trouble
def one_page_of_shifted_letters() -> Pages:
    """A page whose font maps each letter to the next one, before one that is sound."""
    shifted = ["".join(chr(ord(c) + 1) if c.isalpha() else c for c in line) for line in SAID * 4]
    return [FRONT + prose(LEFT, 60, shifted), prose(LEFT, 60, SAID * 4)]


@trouble
def title_of_wide_leading() -> Pages:
    title = [
        "Neutrophil membrane-coated particles that",
        "clear the lungs of mice of the bacteria that",
        "cause pneumonia and sepsis",
    ]
    drawn = "".join(words(LEFT, 60 + 27 * row, line, 16, "B") for row, line in enumerate(title))
    drawn += words(LEFT, 150, "Anna Keller, Bo Lindqvist and Carla Moreno") + words(LEFT, 180, "Abstract", 12, "B")
    return [drawn + prose(LEFT, 200, SAID * 2) + words(LEFT, 290, "Introduction", 12, "B") + prose(LEFT, 310, lines())]


@trouble
def heading_followed_by_a_heading() -> Pages:
    drawn = START + words(LEFT, 110, "Materials and Methods", 11, "B") + words(LEFT, 128, "Cell culture", 11, "B")
    drawn += prose(LEFT, 146, SAID) + words(LEFT, 196, "Coating of the cores", 11, "B") + prose(LEFT, 214, OTHER)
    return [drawn + words(LEFT, 260, "Results", 11, "B") + prose(LEFT, 278, lines()[:12])]


@trouble
def hyphens_at_line_ends_and_over_pages() -> Pages:
    first = [
        "The cells were taken from patients with a carcinoma and grown for several days, and",
        "the doxo-",
        "rubicin was given with ischemia-",
        "reperfusion of a hepatic carci-",
    ]
    second = [
        "noma of the left lobe, in cores of poly(lactic-",
        "co-glycolic acid) that a metal-",
        "organic framework of the core-",
        "shell kind held together all the time.",
    ]
    return [
        words(60, 12, "Journal of Coats 12, 2024", 8)
        + (FRONT if number == 1 else "")
        + prose(60, top, text)
        + words(200, 545, str(number))
        for number, (top, text) in enumerate(((480, first), (60, second)), 1)
    ]


@trouble
def borders_of_a_row_in_one_path() -> Pages:
    borders = ""
    for row in range(len(ROWS) + 1):
        y, sides = TOP + DEEP * row, [LEFT - 4 + STEP * col for col in range(5)]
        borders += "".join(bar(x, y, x + 0.5, y + DEEP) for x in sides)
        borders += "".join(bar(a, y + d, b, y + d + 0.5) for a, b in pairwise(sides) for d in (0, DEEP)) + "f\n"
    return [START + CAPTION + borders + cells([HEAD, *ROWS]) + END]


@trouble
def caption_beside_its_table() -> Pages:
    left = 140
    caption = prose(
        20, TOP + 10, ["Table 4 Particles", "coated with the", "membranes of cells", "and their sizes"], 8, 10
    )
    rows = [HEAD[:3], *([first, *rest[:2]] for first, *rest in ROWS)]
    drawn = wide(TOP, left) + wide(TOP + DEEP, left) + wide(TOP + DEEP * 4, left)
    return [START + caption + drawn + cells(rows, TOP, left) + END]


@trouble
def caption_of_spaced_letters() -> Pages:
    caption = words(LEFT - 4, TOP - 8, "T A B L E  1   Particles with membranes", 9, "B")
    return [START + caption + ruled([HEAD, *ROWS]) + END]


def shade(y: float, level: float) -> str:
    return f"{level} g\n" + bar(LEFT - 4, y, LEFT + 4 * STEP, y + DEEP) + "f\n0 g\n"


@trouble
def shaded_heading_right_under_the_caption() -> Pages:
    caption = words(LEFT - 4, TOP - 2, "Table 1. Particles with membranes of cancer cells.", 9)
    return [START + caption + shade(TOP, 0.8) + cells([HEAD, *ROWS]) + wide(TOP + 4 * DEEP) + END]


@trouble
def dark_head_and_dotted_rows() -> Pages:
    dots = "".join(words(LEFT - 4, TOP + 15 + DEEP * row, ". " * 68, 9) for row in (1, 2, 3))
    head = "1 g\n" + cells([HEAD]) + "0 g\n"
    return [START + CAPTION + shade(TOP, 0) + head + cells(ROWS, TOP + DEEP) + dots + END]


@trouble
def table_over_three_pages() -> Pages:
    """Closed by a rule on the last page only; its further pages repeat caption and heading."""
    many = [[f"line {n}", "PLGA", "none", str(100 + n)] for n in range(30)]
    pages = []
    for start in (0, 10, 20):
        more = " (Continued)" if start else ""
        page = words(LEFT, 30, "J. Part. 2020, 17")
        page += words(LEFT - 4, 52, f"Table 1. Particles with membranes of cancer cells{more}", 9, "B")
        pages.append(page + wide(60) + wide(76) + cells([HEAD, *many[start : start + 10]], 60))
    pages[-1] += wide(60 + DEEP * 11)
    return pages


@trouble
def few_rows_beneath_a_spanning_heading() -> Pages:
    x = [LEFT + 70 + 62 * col for col in range(4)]
    drawn = words(LEFT, TOP + 12, "Cell line", 9) + words(LEFT + 120, TOP + 12, "Concentration (mg/mL)", 9)
    drawn += "".join(words(at + 12, TOP + 26, dose, 9) for at, dose in zip(x, ["5", "1", "0.75", "0.5"], strict=True))
    values = ["79.9 ± 1.7", "54.9 ± 1.8", "53.0 ± 0.3", "47.2 ± 0.5"]
    drawn += words(LEFT, TOP + 44, "4T1", 9)
    drawn += "".join(words(at, TOP + 44, value, 9) for at, value in zip(x, values, strict=True))
    return [START + CAPTION + wide(TOP) + wide(TOP + 32) + wide(TOP + 50) + drawn + END]


@trouble
def headings_at_right_angles() -> Pages:
    heads = "".join(
        f"BT /F 9 Tf 0 1 -1 0 {LEFT + 10 + STEP * col} {HEIGHT - TOP - 46} Tm ({head}) Tj ET\n"
        for col, head in enumerate(["Cell line", "Core", "Drug", "Size"])
    )
    return [START + CAPTION + wide(TOP) + heads + wide(TOP + 50) + cells(ROWS, TOP + 50) + wide(TOP + 98) + END]


@trouble
def three_tables_without_captions_on_a_page() -> Pages:
    dose = [["Dose", "Day", "Mice", "Alive"], ["10", "1", "8", "8"], ["20", "2", "8", "7"], ["30", "3", "8", "5"]]
    scope = [
        ["Scope", "Kept in"],
        ["Peaks of substances", "Library of spectra"],
        ["Breakpoints", "Annex of the guide"],
        ["Raw counts", "Archive of the group"],
    ]
    each = "".join(wide(120 + DEEP * n) for n in range(5)) + cells([HEAD, *ROWS], 120)
    sides = "".join(bar(LEFT - 4 + STEP * n, 250, LEFT - 3.5 + STEP * n, 314) + "f\n" for n in range(5))
    grid = "".join(wide(250 + DEEP * n) for n in range(5)) + sides + cells(dose, 250)
    both = wide(380) + wide(380 + DEEP * 4) + cells(scope, 380, step=2 * STEP)
    return [START + each + prose(LEFT, 205, OTHER) + grid + prose(LEFT, 335, OTHER) + both + prose(LEFT, 470, OTHER)]


@trouble
def wrapped_cells() -> Pages:
    drawn = cells([["Cell line", "Finding", "", "Size (nm)"]])
    said = [
        ("4T1", ["Longer circulation than bare", "particles, lower uptake"], "110"),
        ("HeLa", ["Tumors shrank"], "125"),
        ("B16", ["Survival of all the mice over", "sixty days, without weight loss"], "92"),
    ]
    y = TOP + 30
    for name, finding, size in said:
        drawn += words(LEFT, y, name, 9) + words(LEFT + 3 * STEP, y, size, 9)
        drawn += "".join(words(LEFT + STEP, y + 11 * row, line, 9) for row, line in enumerate(finding))
        y += 11 * len(finding) + 5
    return [START + CAPTION + wide(TOP) + wide(TOP + 18) + wide(y - 8) + drawn + END]


@trouble
def cell_over_the_rows_of_a_label() -> Pages:
    """A label and a voucher's number, each centred on the two rows that it holds for."""
    drawn = cells([["Species", "Place", "Sample", "Yield", "Voucher"]], step=65)
    for n, name in enumerate(["O. caudata", "O. cujumary"]):
        y = TOP + 28 + 26 * n
        drawn += cells([["", f"S 0{n} 44", "leaves", "0.7"]], y - 12, step=65) + cells(
            [["", f"W 5{n} 27", "bark", "0.1"]], y - 1, step=65
        )
        drawn += (
            words(LEFT, y + 6.3, name, 9)
            + words(LEFT + 260, y + 0.9, "MG", 9)
            + words(LEFT + 260, y + 11.8, f"21626{n}", 9)
        )
        drawn += wide(y + 16)
    return [START + CAPTION + wide(TOP) + wide(TOP + DEEP) + drawn + END]


@trouble
def paragraph_that_begins_with_a_bold_figure() -> Pages:
    begins = words(LEFT, 140, "Figure 1", 10, "B") + words(
        95, 140, "illustrates how the particles were made of gold and of a", 10
    )
    return [START + begins + prose(LEFT, 152, OTHER)]


@trouble
def caption_with_a_bold_beginning_and_labels_over_it() -> Pages:
    labels = (
        words(70, 180, "Control", 12, "B")
        + words(170, 180, "Bare cores", 12, "B")
        + words(280, 180, "Coated cores", 12, "B")
    )
    caption = words(LEFT, 205, "Figure 2. Protection of the particles against the damage of the membranes", 9, "B")
    caption += prose(
        LEFT,
        216,
        [
            "by lipase and heat. Lane 1, the bare cores; lane 2, the coated cores; lane 3, both in the",
            "presence of serum, as the text tells.",
        ],
        9,
        11,
    )
    return [START + labels + caption + END]


@trouble
def statement_beneath_the_references() -> Pages:
    said = FRONT + prose(LEFT, 60, [line + mark for line, mark in zip(SAID, [" [1]", " [2]", " [3]"], strict=True)], 9)
    entries = [f"[{n}] Keller A, Moreno C. Work of the name {n}. J Coat 20{n + 10}; {n}: 1-9." for n in range(1, 7)]
    drawn = said + words(LEFT, 120, "References", 12, "B") + prose(LEFT, 140, entries, 8, 11)
    return [
        drawn + prose(LEFT, 230, ["Conflicts of interest: The authors declare no conflict of interest in 2024."], 8)
    ]


@trouble
def brackets_and_squares_that_cite_nothing() -> Pages:
    text = [
        "The signal of t[1] was plotted against that of t[2], and X² was 4.1 in the test of [1]",
        "and of the others [2,3]. The rest was as in [4].",
    ]
    entries = [f"[{n}] Keller A, Moreno C. Work of the name {n}. J Coat 20{n + 10}; {n}: 1-9." for n in range(1, 7)]
    return [START + prose(LEFT, 120, text) + words(LEFT, 170, "References", 12, "B") + prose(LEFT, 190, entries, 8, 11)]


@trouble
def works_of_one_first_author() -> Pages:
    text = ["Cloaks live long (Gao et al., 2016a), others not (Gao et al., 2016b; Gao et al., 2018)."]
    entries = [
        "Gao, J., Kumar, Q., and Xie, Z. (2016a). Membranes on gels. Small 41, 70-78.",
        "Gao, A., Novak, C., and Kim, S. (2016b). Lanthanides for light. Biomaterials 37, 34-39.",
        "Gao, J., Ito, L., and Park, H. (2018). Vesicles for glioma. Biomaterials 19, 79-86.",
        "Ma, Y., Park, W., and Cheng, S. (2019). Cloaks for the brain. Nat. Commun. 54, 55-62.",
        "Yao, D., Rossi, X., and Chen, C. (2020). Small RNA for the heart. Nano Lett. 10, 65-69.",
    ]
    return [START + prose(LEFT, 120, text) + words(LEFT, 160, "References", 12, "B") + prose(LEFT, 180, entries, 8, 14)]


@trouble
def accents_drawn_after_their_lines() -> Pages:
    """The letters of a line first, then the accents over three of them, as some writers of PDF do."""
    drawn = (
        FRONT
        + words(60, 60, "Caf")
        + words(75.6, 60, "e")
        + words(90, 60, "of the")
        + words(125, 60, "A")
        + words(140, 60, "unit were 3.1 nm and")
    )
    drawn += prose(60, 72, SAID)
    return [drawn + words(76.7, 60, "´") + words(126.3, 61.5, "°")]


@trouble
def notes_in_the_margin_of_a_paragraph_over_pages() -> Pages:
    first = FRONT + prose(
        140, 440, [line[:50] for line in lines()[:7]] + ["and one of the constituent species utilizes"], 10
    )
    notes = prose(
        20,
        300,
        [
            "Citation: Keller A",
            "(2014) Coats of cells.",
            "J Coat 9(12): 1-9.",
            "Editor: B. Lind, Institute",
            "of Freshwater, Germany",
            *["Funding: all of it was", "paid by the foundation"] * 6,
        ],
        7,
        9,
    )
    second = prose(140, 60, ["an unusual strategy that was not known before, and", "the end is here."])
    return [first + notes, second]


@trouble
def prose_in_cells_of_a_table_open_at_the_foot() -> Pages:
    """A table whose cells hold sentences; it has no rule at its foot and goes on to the next page, which has."""
    sites = [
        (
            f"Local site {n}",
            ["Nobody was recruited there. Despite the follow-up all", "who were asked forgot the", "study at once."],
        )
        for n in range(8)
    ]
    pages = []
    for page in (0, 1):
        more = " (Continued)" if page else ""
        drawn = words(LEFT - 4, 70, f"Table 1. Sites and what came of them{more}", 9, "B") + wide(76) + wide(92)
        drawn += words(LEFT, 88, "Site", 9, "B") + words(LEFT + 100, 88, "Observations", 9, "B")
        y = 106
        for name, said in sites[4 * page : 4 * page + 4]:
            drawn += words(LEFT, y, name, 9) + prose(LEFT + 100, y, said, 9, 10)
            y += 38
        pages.append(drawn + (wide(y - 8) if page else ""))
    return pages


@trouble
def columns_with_few_values_or_none() -> Pages:
    """Each column has its heading; one has a single value, one none on this page."""
    head = ["Compound", "Cau-L", "Cau-B", "Cuj-L", "Cuj-B", "Flo-L"]
    rows = [[f"Terpene {n}", f"{n}.1", "2.0" if n == 14 else "", f"{n}.7", "", f"{n}.3"] for n in range(10, 34)]
    drawn = words(LEFT - 4, 52, "Table 1. Composition of the oils.", 9, "B") + wide(60) + wide(76) + wide(60 + 13 * 26)
    for row, line in enumerate([head, *rows]):
        drawn += "".join(
            words(LEFT + 60 * col + (4 if row else 0), 72 + 13 * row, cell, 9) for col, cell in enumerate(line)
        )
    return [drawn]


@trouble
def two_headings_over_one_rule() -> Pages:
    x = [LEFT + 60 + 45 * col for col in range(6)]
    drawn = (
        words(LEFT, TOP + 18, "Oil", 9, "B")
        + words(x[2] - 4, TOP + 12, "MIC (mg)", 9, "B")
        + words(x[5] - 4, TOP + 12, "IC (mg)", 9, "B")
    )
    leaves = ["P. aer", "E. coli", "S. epi", "S. aur", "B. cer", "MCF-7"]
    drawn += rule(x[0] - 4, LEFT + 4 * STEP, TOP + 16)
    drawn += "".join(words(at, TOP + 27, leaf, 9, "B") for at, leaf in zip(x, leaves, strict=True))
    for row in range(4):
        drawn += words(LEFT, TOP + 47 + 13 * row, f"Oil {row}", 9)
        drawn += "".join(words(at + 2, TOP + 47 + 13 * row, str(625 + col + row), 9) for col, at in enumerate(x))
    return [START + CAPTION + wide(TOP) + wide(TOP + 33) + wide(TOP + 93) + drawn + END]


@trouble
def notes_over_the_last_rule() -> Pages:
    rows = [*ROWS, ["ND: not detected in the water"]]
    return [START + CAPTION + ruled([HEAD, *rows]) + END]


@trouble
def long_labels_beside_short_ones() -> Pages:
    """A few labels are so long that their spaces stand where other rows have nothing."""
    long = [
        "Reported activity (minutes); mean (SD)",
        "Reported activity (minutes); range",
        "Confirmed abstinence (four weeks); n",
    ]
    labels = [f"Group {n}" for n in range(8)] + long + [f"Site {n}" for n in range(10)]
    drawn = (
        words(LEFT - 4, 52, "Table 1. Who took part.", 9, "B") + wide(60) + wide(76) + wide(60 + 13 * (len(labels) + 2))
    )
    drawn += words(LEFT + 200, 72, "Control", 9, "B") + words(LEFT + 280, 72, "Treated", 9, "B")
    for row, label in enumerate(labels):
        y = 90 + 13 * row
        drawn += (
            words(LEFT, y, label, 9)
            + words(LEFT + 200, y, f"{row + 10} (20)", 9)
            + words(LEFT + 280, y, f"{row + 30} (7)", 9)
        )
    return [drawn]


@trouble
def caption_that_names_a_table_at_a_line_s_beginning() -> Pages:
    caption = [
        "Figure 2. Where the samples were taken. The numbers in the circles are those in",
        "Table 1. Squares stand for sequences that were found in a bank, and their colours for",
        "the group that each is of, as told in the text.",
    ]
    left, right = [line[:42] for line in lines()[:16]], [line[-42:] for line in lines()[:16]]
    return [FRONT + prose(LEFT, 60, caption, 8, 10) + prose(LEFT, 120, left, 9) + prose(240, 120, right, 9)]


@trouble
def rows_without_a_label_over_the_first_one() -> Pages:
    """Each label stands on the first of its two rows; what stands over the first label has none."""
    rows = [
        ["", "", "0.5%", "5%"],
        ["", "", "Tween", "DMSO"],
        ["Thyme", "Agar", "1.56", "12.5"],
        ["", "Broth", "0.39", "0.78"],
    ]
    rows += [
        ["Clove", "Agar", "3.13", "12.5"],
        ["", "Broth", "6.25", "3.13"],
        ["Tea", "Agar", "6.25", "25.0"],
        ["", "Broth", "0.80", "25.0"],
    ]
    return [START + CAPTION + ruled([["Oil", "Method", "S. aureus", "E. coli"], *rows]) + END]
