"""Line charts as SVG: `drawing.py` places the points, `chart.html.jinja` among the pages draws them."""
