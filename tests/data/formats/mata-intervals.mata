@NFA-intervals
%Alphabet-utf
%Initial q
%Final q
q [a-z] q
