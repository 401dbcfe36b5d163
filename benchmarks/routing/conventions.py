"""What the numbers of the comparisons mean, and what is not fair in them, in both directions."""

CONVENTIONS = """\
## Conventions, and what is not fair here

Public instances:

- Solomon and Gehring-Homberger: distance x 10, truncated (DIMACS); Li and Lim: x 1000, rounded; X:
  rounded. Cost is total distance; the number of vehicles is limited by the file, not minimised.
- The parameters of this library were chosen while looking at some of these instances.

Generated days (`benchmarks/routing/days.py`; the same name gives the same day everywhere):

- Cost is seconds travelled plus the penalties of optional stops left out. Every answer is judged
  from its sequences alone by `benchmarks/routing/judge.py`, which shares no code with any solver or
  with this library's own checker; what breaks a rule or leaves a mandatory stop out is no plan and
  is listed as such.
- PyVRP is asked only where it can be told everything (`breakless`, `shared`): further tours as its
  reloads, the mail van as its release times, optional stops as its prizes, two desk hours as an
  exclusive group, permits as profiles, pairs as its shipments.
- VROOM can be told everything of `mandatory` and `shared`. In `full` and `breakless`, marked *, it
  is told what a dispatcher would: optional stops by priority (afterwards those that cost more than
  their penalty are taken out, untimed), a courier with further tours as two vehicles with lunch and
  reload between them, and what the mail van brings for whoever leaves after it. That is narrower
  than the day, so a better answer of ours there is partly the constraint and not the search.
- OR-Tools gets this library's own model, which carries every constraint, and searches it from its
  own first solution, iterated local search with the settings of `routing.model.searching`. A model
  made for fewer constraints would be quicker. The cheapest plan that it passed and that breaks no
  rule counts, since its last one sometimes breaks one. `VROOM + OR-Tools` gives VROOM 60 % of the time and
  lets that model improve its answer in the rest: what one could do without this library's search.
- The ratio is to the best sound answer among all peers, whether or not it was told everything.
- At 50 stops this library and the best peer end at one and the same cost on most of the days that
  both can be told in full, and six times the seconds bring neither any further. That is likely the
  optimum, and nobody can be below it; the ratio there says only who reaches it how often.
- Where stops may be left out and couriers ride several tours (`full`, `breakless`) the answers of this
  library lie 3 to 6 % apart between seeds, and more seconds do not bring them together, while PyVRP
  gains with time: of `breakless` with 300 stops the ratio is 0.80 at 10 s, 0.86 at 30 s, 0.97 at 60 s.
- Of longest routes and rides, speed by the hour, locks and groups only this library and OR-Tools
  could be told, and the comparison would lose two peers. So they stand in a family of their own,
  `everything`, which is run where it is named; its cost counts metres, and OR-Tools, marked *, drives
  at the mean speed of the day. Nobody is told of balance and calm.

All:

- Compilation of this library's kernels happens once for each installation and is not timed;
  everything inside `solve` is (first plan, lower bound, checking, saying why stops are unserved). For
  the peers building the model is not timed, only solving.
- PyVRP: its defaults; it knows one thread. VROOM: exploration level 5 with its time limit; it stops
  by itself when it has nothing more to try, knows no seed, and minimises vehicles' travel, as the
  others. OR-Tools' search knows one thread. So with two threads PyVRP and OR-Tools stand still.
- PyVRP's search is not fitted to a budget, this library's is: cut off early PyVRP loses less.
- A busy machine hurts whoever is fitted to a budget of wall seconds; all solvers met the same load
  by turns, not the same moment.
"""
