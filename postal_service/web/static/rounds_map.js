// Draws the rounds: colour, letter and line pattern each tell a round, so that no one of them is needed.
(() => {
  const told = JSON.parse(document.getElementById("points").textContent);
  const colours = ["#0b4a6f", "#a33b00", "#0c5132", "#6b1f7a", "#8a1020", "#4a4a00"];
  const patterns = ["", "10 6", "2 7", "14 5 3 5", "20 8", "6 4"];
  const map = L.map("map", { attributionControl: false, zoomSnap: 0.25 });
  L.control.scale({ imperial: false }).addTo(map);
  const office = [told.office[0], told.office[1]];
  const every = [office];
  const badge = (text, kind, colour) => {
    const mark = document.createElement("span");
    mark.textContent = text;
    mark.className = kind;
    if (colour) mark.style.setProperty("--colour", colour);
    return L.divIcon({ html: mark, className: "", iconSize: null });
  };
  told.rounds.forEach((round, number) => {
    const colour = colours[number % colours.length];
    const way = [office];
    round.points.forEach((p, place) => {
      if (place && p[5] !== round.points[place - 1][5]) way.push(office); // back between two tours
      way.push([p[0], p[1]]);
    });
    way.push(office);
    L.polyline(way, { color: colour, weight: 4, opacity: 0.85, dashArray: patterns[number % patterns.length] }).addTo(map);
    for (const [lat, lon, position, name, exact] of round.points) {
      every.push([lat, lon]);
      const kind = `pin${exact ? "" : " about"}${round.locked ? " locked" : ""}`;
      const icon = badge(`${round.letter}${position}`, kind, colour);
      L.marker([lat, lon], { icon, title: `${round.letter}${position} ${name}`, alt: name }).addTo(map);
    }
  });
  L.marker(office, { icon: badge("★", "pin office"), title: told.office[2], alt: told.office[2], zIndexOffset: 1000 }).addTo(map);
  map.fitBounds(L.latLngBounds(every), { padding: [30, 30], maxZoom: 16 });
})();
