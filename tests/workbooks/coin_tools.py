"""A made-up workbook of the COIN Tool: sheets and cells as the tool lays them out, no more.

Cells stand where ``import_coin_tool`` of COINr 1.1 reads them; the figures are those of a table.
"""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import xlsxwriter

LIMIT = 99  # columns of indicators of the tool, used or not


def write_coin_tool(file: Path, data: pd.DataFrame, meta: pd.DataFrame) -> dict[str, str]:
    """Write units × indicators and the rows of iMeta; return the tool's code of each node."""
    nodes = meta[meta["Type"].isin(["Indicator", "Aggregate"])].set_index("iCode")
    kinds = {1: "Ind.", 2: "p.", 3: "si."}
    codes = {"Index": "Index"}
    for level, prefix in kinds.items():
        of_level = nodes.index[nodes["Level"].astype(float) == level]
        codes = {c: f"{prefix}{n:02d}" for n, c in enumerate(of_level, 1)} | codes
    book = xlsxwriter.Workbook(file)
    sheet = book.add_worksheet("Database")
    sheet.write("B2", "Made up, in the layout of the COIN Tool")
    sheet.write_row("B16", ["Unit name", "Unit code"])
    leaves = list(data.columns)
    for number in range(LIMIT):
        column, used = 4 + number, number < len(leaves)
        sheet.write(15, column, codes[leaves[number]] if used else f"Ind.{number + 1}")
        if not used:
            continue
        leaf = leaves[number]
        pillar = nodes["Parent"][leaf]
        sub_index = nodes["Parent"][pillar]
        above = "si.01" if sub_index == "Index" else codes[sub_index]
        sheet.write(6, column, float(nodes["Weight"][leaf]))
        sheet.write(7, column, float(nodes["Direction"][leaf]))
        sheet.write(8, column, 0)
        sheet.write(9, column, 100)
        sheet.write_column(10, column, ["Index", above, codes[pillar], "sp.01"])
        sheet.write(14, column, nodes["iName"][leaf])
        for row, value in enumerate(data[leaf], 16):
            sheet.write(row, column, "n/a" if pd.isna(value) else value)
    for row, unit in enumerate(data.index, 16):
        sheet.write_row(row, 1, [f"Economy {unit}", unit])
    tree = book.add_worksheet("Framework")
    tree.write_row("C4", ["Code", "Level", "Weight", "Parent", "Count", "Dimension/indicator"])
    rows = [code for code in nodes.index if code not in leaves]
    for row, code in enumerate([*rows, "--", "--"], 4):
        blank = code == "--"
        tree.write(row, 2, "--" if blank else codes[code])
        tree.write(row, 4, "--" if blank else float(nodes["Weight"][code]))
        tree.write(row, 7, "--" if blank else nodes["iName"][code])
    book.close()
    return codes
