"""Who takes part: associations, members, programs, cohorts, applications, and lists of members that
are brought in.
"""
