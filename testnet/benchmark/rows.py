"""Rows for a batch of certificates: eight fields and some 200 bytes each, as one JSON record a line."""
import json

FIELDS = 8
CHARACTERS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def check_character(text):
    """ISO 7064 MOD 37,36, the last part of a certificate's identifier."""
    product = 36
    for character in text:
        product = (product + CHARACTERS.index(character)) % 36 or 36
        product = product * 2 % 37
    return CHARACTERS[(37 - product) % 36]


def row(type_code, issuer, prefix, number):
    serial = f"{prefix}{number:07}"
    check = check_character(f"{type_code}{issuer}{serial}001")
    values = {"certificate.name": "不动产权证书", "certificate.number": f"粤(2025)深圳市不动产权第{number:07}号",
              "holder.name": f"持证人 {number}", "unit.number": f"440304003008GB{number % 100000:05}F00010001",
              "unit.usage": "住宅", "unit.place": f"深圳市福田区第 {number % 997} 号", "unit.area": "89.50",
              "unit.right": "国有建设用地使用权/房屋所有权"}
    fields = [{"path": path, "value": {"type": "text", "value": value}} for path, value in sorted(values.items())]
    return {"document": {"id": f"1.2.156.3005.2.{type_code}.{issuer}.{serial}.001.{check}",
                         "holder": {"kind": "network_number", "number": f"N{number}"}, "fields": fields, "files": []}}


def write_rows(path, type_code, issuer, prefix, count):
    with open(path, "w", encoding="utf-8") as file:
        for number in range(count):
            file.write(json.dumps(row(type_code, issuer, prefix, number), ensure_ascii=False) + "\n")
