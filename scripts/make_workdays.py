"""Write catalog/workdays.csv: every day of the announced years, worked or not.

Run it when chinesecalendar has taken in the next State Council notice (国务院办公厅关于
部分节假日安排的通知, usually in November), look at the difference, and commit it. The
table is ours: nights read the file, never the package.
"""

import csv
from datetime import date, timedelta
from pathlib import Path

import chinese_calendar
from chinese_calendar import Holiday
from chinese_calendar.constants import holidays, workdays

TARGET = Path(__file__).parents[1] / "catalog" / "workdays.csv"
NAMES = {
    Holiday.new_years_day.value: "元旦",
    Holiday.spring_festival.value: "春节",
    Holiday.tomb_sweeping_day.value: "清明节",
    Holiday.labour_day.value: "劳动节",
    Holiday.dragon_boat_festival.value: "端午节",
    Holiday.mid_autumn_festival.value: "中秋节",
    Holiday.national_day.value: "国庆节",
    Holiday.anti_fascist_70th_day.value: "抗战胜利日",
}
CORRECTIONS = {
    # Worked on by the notice of the 2006 holidays; the package has it as a rest day.
    date(2005, 12, 31): (True, "元旦调休上班"),
}


def reason(day: date, working: bool) -> str:
    """Describe why a day differs from an ordinary weekday or weekend; else nothing."""
    if working and day.weekday() >= 5:
        return f"{NAMES[workdays[day]]}调休上班"
    return NAMES[holidays[day]] if not working and day in holidays else ""


def main() -> None:
    """Write the table from the first to the last year that the package knows."""
    years = sorted({day.year for day in holidays})
    day, last = date(years[0], 1, 1), date(years[-1], 12, 31)
    with TARGET.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, lineterminator="\n")
        table.writerow(["date", "working", "reason"])
        while day <= last:
            working = chinese_calendar.is_workday(day)
            why = reason(day, working)
            working, why = CORRECTIONS.get(day, (working, why))
            table.writerow([day.isoformat(), int(working), why])
            day += timedelta(days=1)
    print(f"{TARGET}: {years[0]}–{years[-1]}")


if __name__ == "__main__":
    main()
