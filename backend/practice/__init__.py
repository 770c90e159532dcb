"""The practice itself: sites, practitioners, chairs, machines, care types, hours and closures.

It owns what the practice decides once and everybody then follows. It tells nothing and listens to
nothing; other features read it as one `Practice`.
"""
