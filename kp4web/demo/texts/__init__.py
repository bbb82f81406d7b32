"""
What consultants wrote, per theme: data only, read by ``kp4web.demo.reports``.

A theme is a tuple of beats in the order in which the story goes; a beat has variants of a
report and the things to come back to. Words between braces are filled per person:
``{Z}``/``{z}`` zij or hij, ``{h}`` haar or zijn, ``{o}`` haar or hem, ``{M}``/``{m}`` mevrouw or
meneer, ``{helper}``, ``{hobby}``, ``{place}``, ``{day}``, ``{town}``.
"""
