@NFA-explicit
%Alphabet-auto
%Initial q0
%Final q1
q0 97 q1
q1 98 q0
