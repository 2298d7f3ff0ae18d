"""A small lesson that tests of lessons change."""

SMALL = """\
title: {en: Small, zh: 小课}
sides:
  - scenario: coordinated
    set: {community.households: 120, notices.at: [33 h]}
  - scenario: fragmented
    title: {en: Board, zh: 公告栏}
    set: {community.households: 120, notices.at: [33 h]}
from_day: 2
until_day: 6
intro: {en: Look., zh: 看。}
question: {en: How many?, zh: 多少？}
measures:
  told: {of: notice.reach_72h, label: {en: told, zh: 知晓}}
  board: {of: notice.reach_72h, side: b, label: {en: board, zh: 公告栏}}
  more: {of: notice.reach_72h, minus: [board], label: {en: more, zh: 多}}
options:
  - {text: {en: few, zh: 少}, below: 0.3}
  - {text: {en: many, zh: 多}, explain: {en: "{more} more", zh: "多{more}"}}
answer: told
explain: {en: "{told} know", zh: "{told}知晓"}
"""
