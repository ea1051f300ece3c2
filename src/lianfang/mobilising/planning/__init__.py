"""Plans who stands where and when. Pure: numbers in, a plan out; no Django, no database.

`problem` says what is asked, `planner.plan` answers with a plan and a proof of how near it is to
the best, `replan.replan` mends a plan after drop-outs, `greedy.greedy` does what an office would do
by hand, `rostering.roster` solves one team's roster exactly.
"""
