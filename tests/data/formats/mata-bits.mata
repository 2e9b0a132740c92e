@NFA-bits
%Alphabet-auto
%Initial q
%Final r
q (x &  y) | !x r
r x & !y q
r !x r
