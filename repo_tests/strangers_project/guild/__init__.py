"""An app with a history, of a project that has Django's own user: the page on a project of one's
own moves it.
"""
