"""Names of learners in several scripts, as data; combined the same way at every start."""

# Each row: given names, family names.
NAMES: tuple[tuple[tuple[str, ...], tuple[str, ...]], ...] = (
    (
        ("Aisha", "Benjamin", "Chloe", "Daniel", "Emma", "Felix", "Grace", "Henry", "Isla", "Jonas", "Kira"),
        ("Adams", "Baker", "Clarke", "Dawson", "Evans", "Fisher", "Grant", "Hughes", "Irving", "O'Neill"),
    ),
    (
        ("Zoë", "Jürgen", "Renée", "Łukasz", "Søren", "Ángela", "Ñusta", "Chloé", "Håkon", "Őrsi", "İpek"),
        ("Müller", "Núñez", "D'Angelo", "Wójcik", "Ångström", "Peña-Ruiz", "Šimek", "Çelik", "Žukauskas"),
    ),
    (
        ("Анна", "Борис", "Вера", "Глеб", "Дарья", "Егор", "Жанна", "Иван", "Кира", "Лев"),
        ("Волкова", "Зайцев", "Ковальчук", "Лебедев", "Морозов", "Новак", "Орлова", "Павленко", "Рыбаков"),
    ),
    (
        ("美咲", "大輔", "结衣", "浩然", "雨桐", "健太", "子轩", "さくら", "지우", "민준"),
        ("佐藤", "鈴木", "王", "李", "张", "陈", "高橋", "김", "박"),
    ),
    (
        ("ليلى", "يوسف", "مريم", "خالد", "نور", "سارة", "عمر", "هدى", "کیان", "شیرین"),
        ("الحسن", "عبد الله", "منصور", "النجار", "حداد", "الخطيب", "رضایی", "صباغ", "قاسم"),
    ),
    (
        ("Αλέξανδρος", "Βασιλική", "Γεωργία", "Δημήτρης", "Ελένη", "Ζωή", "Θάνος", "Ιωάννα", "Κώστας"),
        ("Παπαδάκης", "Νικολάου", "Οικονόμου", "Αγγέλου", "Γεωργίου", "Βλάχος", "Δήμου", "Λάμπρου"),
    ),
    (
        ("अदिति", "रोहन", "प्रिया", "अर्जुन", "मीरा", "विक्रम", "काव्या", "देव", "नेहा"),
        ("शर्मा", "पटेल", "वर्मा", "गुप्ता", "जोशी", "मेहता", "नायर", "सिंह"),
    ),
    (
        ("דניאל", "נועה", "איתי", "תמר", "יעל", "אורי", "מאיה", "עידו"),
        ("כהן", "לוי", "מזרחי", "פרץ", "ביטון", "אברהם", "פרידמן"),
    ),
)


def learner_name(number: int) -> tuple[str, str]:
    """Given and family name of the learner with this number (from 0)."""
    given_names, family_names = NAMES[number % len(NAMES)]
    turn = number // len(NAMES)
    # The step of one family name per round of given names keeps pairs from repeating soon.
    rounds = turn // len(given_names)
    return given_names[turn % len(given_names)], family_names[(turn + rounds) % len(family_names)]
