@NFA-explicit
%Initial q
%Final q
q a@x q
