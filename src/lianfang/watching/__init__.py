"""Watches, daily checks, referrals."""
