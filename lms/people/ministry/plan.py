"""The units of the ministry: head office, provinces, regencies, sub-districts, schools, colleges, training centers."""

from collections.abc import Collection, Iterator
from dataclasses import dataclass

from lms.people.ministry.facts import rows

HEAD_OFFICE = (
    "Sekretariat Jenderal",
    "Inspektorat Jenderal",
    "Direktorat Jenderal Pendidikan Islam",
    "Direktorat Jenderal Bimbingan Masyarakat Islam",
    "Direktorat Jenderal Bimbingan Masyarakat Kristen",
    "Direktorat Jenderal Bimbingan Masyarakat Katolik",
    "Direktorat Jenderal Bimbingan Masyarakat Hindu",
    "Direktorat Jenderal Bimbingan Masyarakat Buddha",
    "Badan Penyelenggara Jaminan Produk Halal",
    "Badan Moderasi Beragama dan Pengembangan Sumber Daya Manusia",
)
TRAINING_CENTERS = {
    "BDK": ("11", "12", "13", "16", "31", "32", "33", "35", "51", "63", "71", "73", "81", "91"),
    "LDK": ("14", "18"),
}
# The provinces of 2022 have no provincial office of their own yet; the one they came from looks after them.
LOOKED_AFTER_BY = {"93": "91", "94": "91", "95": "91", "96": "92"}
REMOTE_PROVINCES = {"53", "65", "81", "82", "91", "92", "93", "94", "95", "96"}
SCHOOLS = {"min_est": ("MIN", "MIN"), "mtsn_est": ("MTSN", "MTsN"), "man_est": ("MAN", "MAN")}


@dataclass(frozen=True, slots=True)
class PlannedUnit:
    """A unit to be; ``parent`` is the place of its parent in the list, which comes before it.

    ``kind`` is the code in ``unit_types.csv`` and ``headcount`` how many people such a unit has on average.
    """

    code: str
    name: str
    kind: str
    unit_type: str
    parent: int | None
    province_code: str
    time_zone: str
    is_remote: bool
    headcount: int


UNIT_TYPES = {
    "PUSAT": "hq",
    "KANWIL": "province_office",
    "KANKEMENAG": "regency_office",
    "KUA": "kua",
    "MIN": "school",
    "MTSN": "school",
    "MAN": "school",
    "PTKN": "college",
    "BDK": "training_center",
    "LDK": "training_center",
    "UPT": "other",
}


def plan_units(provinces: Collection[str] = ()) -> list[PlannedUnit]:
    """All units, parents first; only those of the named provinces beside the head office when some are named.

    The same facts give the same list, in the same order, with the same codes.
    """
    return _Plan(provinces).units


class _Plan:
    def __init__(self, provinces: Collection[str]) -> None:
        self.headcount = {row["type_code"]: int(row["avg_asn"]) for row in rows("unit_types")}
        self.provinces = [row for row in rows("provinces") if not provinces or row["code"] in provinces]
        self.units: list[PlannedUnit] = []
        root = self.add("00", "Kementerian Agama", "ROOT", None)
        heads = [self.add(f"PST{place:02}", name, "PUSAT", root) for place, name in enumerate(HEAD_OFFICE, start=1)]
        self.secretariat, self.training = heads[0], heads[-1]
        self.root = root
        offices: dict[str, int] = {}
        for province in self.provinces:
            if province["code"] not in LOOKED_AFTER_BY:
                name = f"Kantor Wilayah Provinsi {province['name']}"
                offices[province["code"]] = self.add(f"W{province['code']}", name, "KANWIL", root, province)
        for province in self.provinces:
            above = offices.get(LOOKED_AFTER_BY.get(province["code"], province["code"]), root)
            self.province(province, above)
        self.technical_units()

    def add(self, code: str, name: str, kind: str, parent: int | None, province: dict[str, str] | None = None) -> int:
        code_of_province = province["code"] if province else ""
        self.units.append(
            PlannedUnit(
                code=code,
                name=name,
                kind=kind,
                unit_type=UNIT_TYPES.get(kind, "ministry"),
                parent=parent,
                province_code=code_of_province or "31",
                time_zone=province["iana_tz"] if province else "Asia/Jakarta",
                is_remote=code_of_province in REMOTE_PROVINCES and kind in {"KANKEMENAG", "KUA", "MIN", "MTSN", "MAN"},
                headcount=self.headcount.get(kind, 0),
            )
        )
        return len(self.units) - 1

    def province(self, province: dict[str, str], above: int) -> None:
        regencies = [row for row in rows("kabkota") if row["province_code"] == province["code"]]
        offices = [
            self.add(f"K{row['code']}", f"Kantor Kementerian Agama {row['name']}", "KANKEMENAG", above, province)
            for row in regencies
        ]
        shares = [int(row["kecamatan_count"]) for row in regencies]
        names = [row["name"].removeprefix("Kabupaten ") for row in regencies]
        for place, count in enumerate(_spread(int(province["kua_count"]), shares)):
            for number in range(1, count + 1):
                code = f"KUA{regencies[place]['code']}{number:02}"
                self.add(code, f"KUA Kecamatan {number} {names[place]}", "KUA", offices[place], province)
        for column, (kind, label) in SCHOOLS.items():
            for place, count in enumerate(_spread(int(province[column]), shares)):
                for number in range(1, count + 1):
                    code = f"{kind}{regencies[place]['code']}{number:02}"
                    self.add(code, f"{label} {number} {names[place]}", kind, offices[place], province)
        for number in range(1, int(province["ptkn_est"]) + 1):
            code = f"PTKN{province['code']}{number:02}"
            self.add(
                code, f"Perguruan Tinggi Keagamaan Negeri {number} {province['name']}", "PTKN", self.root, province
            )

    def technical_units(self) -> None:
        by_code = {province["code"]: province for province in self.provinces}
        for kind, label in (("BDK", "Balai Diklat Keagamaan"), ("LDK", "Loka Diklat Keagamaan")):
            for code in TRAINING_CENTERS[kind]:
                if code in by_code:
                    self.add(f"{kind}{code}", f"{label} {by_code[code]['name']}", kind, self.training, by_code[code])
        count = next(int(row["count"]) for row in rows("unit_types") if row["type_code"] == "UPT")
        for place, province in enumerate(rows("provinces")[:count]):
            if province["code"] in by_code:
                name = f"Unit Pelaksana Teknis {province['name']}"
                self.add(f"UPT{place + 1:02}", name, "UPT", self.secretariat, province)


def _spread(count: int, shares: list[int]) -> Iterator[int]:
    """``count`` things in proportion to the shares, exactly ``count`` in all."""
    total, before, given = sum(shares) or 1, 0, 0
    for share in shares:
        before += share
        upto = round(count * before / total)
        yield upto - given
        given = upto
