"""What the sessions of noxfile.py need beyond installed packages."""
