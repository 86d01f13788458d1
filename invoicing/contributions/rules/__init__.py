"""The engine of contributions. Pure: values in, lines and sentences out; it knows no record of the database.

`terms` a voted rule · `figures` what an activity did · `engine` the reckoning · `lines` its results · `stored` the same
as JSON · `explanation` their sentences · `settlement` what is left to take, and replay · `rule_data`, `rule_file` the
TOML of a rule, which `tables`, `toml_lines` and `problems` make strict · `figures_file`, `simulation` the spreadsheets
of `manage.py simulate_contributions`.
"""
