# SPDX-License-Identifier: Apache-2.0
# The comparison as a chart: gnuplot -e "points='FILE'; chart='FILE'" tests/bench/chart.gp
# No background, and colours between light and dark, so that it can be read on both.
set encoding utf8
set terminal svg size 780,340 dynamic noenhanced name 'benchmark' font 'sans-serif,14'
set output chart
set datafile separator '\t'
grey = '#7a7a7a'

set border 1 linecolor rgb grey
set grid xtics linecolor rgb grey linewidth 0.5 dashtype 3
set key outside top center horizontal textcolor rgb grey
set logscale x
set xrange [1e-6:5]
set xtics ('1 µs' 1e-6, '10 µs' 1e-5, '100 µs' 1e-4, '1 ms' 1e-3, '10 ms' 1e-2, '100 ms' 0.1, \
  '1 s' 1) nomirror textcolor rgb grey
set xlabel 'time of one read: the median, and where eight in ten are' \
  textcolor rgb grey
set yrange [*:*] reverse
set offsets 0, 0, 0.5, 0.5
set ytics scale 0 nomirror textcolor rgb grey

# A subject has three rows in the file, and here three marks, one below the other.
colour(i) = word('#1f9e89 #d9822b #8c6bb1', i)
plot points using (1e-9):1:ytic(6) every 3 with points pointtype -1 notitle, \
  for [i = 1:3] points using 4:($1 + 0.22 * (i - 2)):3:5 every 3::(i - 1) with xerrorbars \
    pointtype 7 pointsize 0.6 linewidth 2 linecolor rgb colour(i) \
    title word('1 8 64', i) . (i == 1 ? ' reader' : ' readers')
