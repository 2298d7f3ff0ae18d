"""The browser view: runs that people watch in class, day by day, side by side, and take apart.

What is shown of a run are reels, one for each day lived; they never change once made, so that browsers,
followers and a second look share them. Nothing runs unless a browser asks for its next day.
"""
