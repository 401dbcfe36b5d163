"""What the script of the map draws of a plan."""

from postal_service.services import round_maps


def points(drawn: round_maps.Map) -> dict[str, object]:
    """What the script draws; it stands in the page, so no second request tells it again."""
    return {
        "office": [drawn.office.lat, drawn.office.lon, drawn.office.name],
        "rounds": [
            {
                "letter": line.letter,
                "name": line.name,
                "locked": line.is_locked,
                "points": [
                    [p.lat, p.lon, p.position, p.name, p.exact, p.tour] for p in line.points
                ],
            }
            for line in drawn.lines
        ],
    }
