"""Units behind numbers, and money."""

from __future__ import annotations

UNITS: dict[str, tuple[str, str]] = {
    "°c": ("degree Celsius", "degrees Celsius"), "°f": ("degree Fahrenheit", "degrees Fahrenheit"),
    "°": ("degree", "degrees"), "%": ("percent", "percent"), "‰": ("per mille", "per mille"),
    "km/h": ("kilometre per hour", "kilometres per hour"), "m/s": ("metre per second", "metres per second"),
    "mph": ("mile per hour", "miles per hour"), "kwh": ("kilowatt hour", "kilowatt hours"),
    "wh": ("watt hour", "watt hours"), "kw": ("kilowatt", "kilowatts"), "w": ("watt", "watts"),
    "mw": ("megawatt", "megawatts"), "v": ("volt", "volts"), "mm": ("millimetre", "millimetres"),
    "cm": ("centimetre", "centimetres"), "km": ("kilometre", "kilometres"), "m": ("metre", "metres"),
    "m²": ("square metre", "square metres"), "m2": ("square metre", "square metres"),
    "m³": ("cubic metre", "cubic metres"), "m3": ("cubic metre", "cubic metres"), "kg": ("kilogram", "kilograms"),
    "mg": ("milligram", "milligrams"), "g": ("gram", "grams"), "lb": ("pound", "pounds"), "lbs": ("pound", "pounds"),
    "oz": ("ounce", "ounces"), "ft": ("foot", "feet"), "ml": ("millilitre", "millilitres"),
    "cl": ("centilitre", "centilitres"),
    "l": ("litre", "litres"), "hz": ("hertz", "hertz"), "khz": ("kilohertz", "kilohertz"),
    "mhz": ("megahertz", "megahertz"),
    "ghz": ("gigahertz", "gigahertz"), "db": ("decibel", "decibels"), "hpa": ("hectopascal", "hectopascals"),
    "mbar": ("millibar", "millibars"), "lx": ("lux", "lux"), "ppm": ("part per million", "parts per million"),
    "kb": ("kilobyte", "kilobytes"), "mb": ("megabyte", "megabytes"), "gb": ("gigabyte", "gigabytes"),
    "tb": ("terabyte", "terabytes"), "ms": ("millisecond", "milliseconds"), "s": ("second", "seconds"),
    "sec": ("second", "seconds"), "min": ("minute", "minutes"), "mins": ("minute", "minutes"), "h": ("hour", "hours"),
    "hr": ("hour", "hours"), "hrs": ("hour", "hours"), "kcal": ("kilocalorie", "kilocalories"),
    "tsp": ("teaspoon", "teaspoons"), "tbsp": ("tablespoon", "tablespoons"),
    "µg/m³": ("microgram per cubic metre", "micrograms per cubic metre"), "k": ("kelvin", "kelvin"),
}
"""One and many, by what is written, in small letters."""
MONEY: dict[str, tuple[str, str, str, str]] = {
    "$": ("dollar", "dollars", "cent", "cents"), "€": ("euro", "euros", "cent", "cents"),
    "£": ("pound", "pounds", "penny", "pence"), "¥": ("yen", "yen", "sen", "sen"),
    "₹": ("rupee", "rupees", "paisa", "paise"),
}
"""One and many of the coin, and of its hundredth."""
MONTHS = ("January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
          "December")
WEEKDAYS = {"mon": "Monday", "tue": "Tuesday", "tues": "Tuesday", "wed": "Wednesday", "thu": "Thursday",
            "thur": "Thursday", "thurs": "Thursday", "fri": "Friday", "sat": "Saturday", "sun": "Sunday"}
ABBREVIATIONS = {
    "Dr.": "Doctor", "Mr.": "Mister", "Mrs.": "Missis", "Ms.": "Miz", "Prof.": "Professor", "approx.": "approximately",
    "e.g.": "for example", "i.e.": "that is", "etc.": "et cetera", "vs.": "versus", "vs": "versus", "w/o": "without",
    "w/": "with", "a.m.": "a m", "p.m.": "p m", "a.k.a.": "also known as", "incl.": "including", "max.": "maximum",
    "min.": "minimum", "tel.": "telephone", "Ave.": "Avenue", "Rd.": "Road", "Blvd.": "Boulevard", "Jr.": "Junior",
    "Sr.": "Senior", "dept.": "department", "est.": "estimated", "temp.": "temperature",
    "asap": "as soon as possible", "ASAP": "as soon as possible", "FYI": "for your information", "TBD": "to be decided",
    "LED": "L E D", "LEDs": "L E Ds", "NAS": "nass", "VPN": "V P N", "HVAC": "H vack", "AC": "A C", "A/C": "A C",
    "Wi-Fi": "why fye", "WiFi": "why fye", "MQTT": "M Q T T", "UK": "U K", "US": "U S", "EU": "E U", "OK": "okay",
}
"""What is read otherwise than it is written. Case counts: "us" is no country."""
FRACTIONS = {"½": "a half", "¼": "a quarter", "¾": "three quarters", "⅓": "a third", "⅔": "two thirds",
             "1/2": "a half", "1/4": "a quarter", "3/4": "three quarters", "1/3": "a third", "2/3": "two thirds"}
