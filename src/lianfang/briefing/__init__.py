"""Boards, the daily brief, answered tables; reads only."""
