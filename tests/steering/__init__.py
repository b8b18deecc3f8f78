"""Tests of the figures on what is stored."""
