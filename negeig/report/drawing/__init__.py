"""Drawing: layouts of graphs, and the DOT and SVG that they become."""
