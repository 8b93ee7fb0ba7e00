"""Lists of networks that the admin chose: fetched, judged, and put where searches read them."""
