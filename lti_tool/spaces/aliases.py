"""Aliases for the leaderboard: random, so that they follow no class list, and calm. Pure but for the dice."""

import random
from collections.abc import Iterator

_HOW = """
    Amber Autumn Blue Brave Bright Calm Clear Clever Copper Coral Cosy Curious Dapper Dawn Early Fair Fern
    Fresh Gentle Golden Green Happy Hazel Honest Indigo Ivory Jade Jolly Kind Lively Lucky Lunar Maple Mellow
    Merry Misty Nimble Noble Olive Opal Patient Pearl Plum Polite Proud Quick Quiet Rosy Ruby Rustic Sandy
    Scarlet Silver Snowy Solar Spring Steady Summer Sunny Swift Teal Tidy Velvet Violet Warm Wild Winter Wise
""".split()
_WHO = """
    Albatross Alpaca Badger Beaver Bison Bittern Bluebird Bobcat Butterfly Camel Caribou Cheetah Chinchilla
    Crane Cricket Curlew Deer Dolphin Dormouse Dove Dragonfly Duck Eagle Egret Falcon Ferret Finch Firefly
    Flamingo Fox Gazelle Gecko Goldfinch Hare Hawk Hedgehog Heron Ibex Ibis Jackdaw Jay Kestrel Kingfisher
    Kiwi Koala Lark Lemur Linnet Lizard Llama Lynx Magpie Mallard Marmot Marten Meerkat Mole Moose Narwhal
    Newt Nightingale Ocelot Orca Oriole Osprey Otter Owl Panda Panther Pelican Penguin Pika Plover Porpoise
    Puffin Quail Rabbit Raccoon Raven Robin Salmon Sandpiper Seahorse Seal Sparrow Squirrel Starling Stork
    Swallow Swan Tapir Tern Thrush Tiger Toucan Trout Turtle Vole Walrus Weasel Whale Wombat Woodpecker Wren
    Zebra
""".split()
_PLAIN = len(_HOW) * len(_WHO) // 4


def fresh_aliases(taken: set[str]) -> Iterator[str]:
    """Endless new aliases, none of them in `taken`; each one given is added to it.

    Two words while few are taken, a number behind them after that.
    """
    dice = random.SystemRandom() if len(taken) < _PLAIN else random.Random(random.SystemRandom().random())  # noqa: S311
    while True:
        alias = f"{dice.choice(_HOW)} {dice.choice(_WHO)}"
        if len(taken) >= _PLAIN or alias in taken:
            alias = f"{alias} {dice.randrange(2, 10_000)}"
        if alias not in taken:
            taken.add(alias)
            yield alias
