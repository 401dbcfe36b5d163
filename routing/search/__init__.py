"""Ruin and recreate in compiled kernels, with every constraint a day can have.

The kernels, from the ground up; each line stands on those above it:

* `layout`: what they read and write; `compiled`: how they become machine code;
* `hours`, `breaks`, `loads`: one step along a tour, by the clock and by what is on board;
* `timing`: a courier's whole day timed and priced anew, as a plain day (`plain_days`) or with
  everything there is (`timetable`, `rich_costs`, `rich_days`);
* `placing`: the cheapest place for a stop (`fitting`), by constant-time steps on plain days
  (`placing_plain`), by exact days on rich ones (`placing_rich`);
* `ruining`, `exchanging`, `annealing`: what is taken out, swapped, put back, kept or undone.

Around them, in Python: `building` makes the kernels' arrays of a problem in a unit of cost that suits
them (`scaling`), `search` is one search without a clock, `opening` its first plan, `walks` several in
threads, `columns` the best set of the days they met, and `engine` the budget.
"""
