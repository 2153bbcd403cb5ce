"""The tutorial site: its reference is generated, and every built page is checked in a browser."""
