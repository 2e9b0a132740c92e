(* A letter as an affine function of one coordinate, with a bound on what rounding may be off.

   Whatever arithmetic it is, an [analysis] says by how much one operation may be off. From it [letter_form]
   bounds a whole letter wherever in an interval it is read. *)

From Coq Require Import ZArith QArith Qabs Qminmax List Lqa.
From Negeig Require Import Floating Network.
Import ListNotations.
Open Scope Q_scope.

(* A number as an affine function of the coordinate before the letter, and how far off it may be. *)
Record form := { slope : Q; shift : Q; off : Q }.

Record interval := { low : Q; high : Q }.

Definition size (i : interval) (p : form) : Q :=
  Qred (Qmax (Qabs (slope p * low i + shift p)) (Qabs (slope p * high i + shift p)) + off p).

Definition sum (p q : form) : form :=
  {| slope := Qred (slope p + slope q); shift := Qred (shift p + shift q); off := Qred (off p + off q) |}.
Definition multiple (k : Q) (p : form) : form :=
  {| slope := Qred (k * slope p); shift := Qred (k * shift p); off := Qred (Qabs k * off p) |}.
Definition constant (k : Q) : form := {| slope := 0; shift := k; off := 0 |}.
Definition worse (p : form) (r : Q) : form :=
  {| slope := slope p; shift := shift p; off := Qred (off p + r) |}.

(* What is known of an arithmetic: which numbers are finite and their values, and what an operation on
   them, or rounding a state, is off by where the exact result is of magnitude at most b. *)
Record analysis (A : arithmetic) := {
  stands_for : num A -> Q -> Prop;
  value_of : num A -> option Q;
  operation_error : Q -> option Q;
  step_error : Q -> option Q;
  letter_error : Q -> option Q;
  value_sound : forall x q, value_of x = Some q -> stands_for x q;
  times_error : forall x y q r b e, stands_for x q -> stands_for y r ->
    Qabs (q * r) <= b -> operation_error b = Some e ->
    exists v, stands_for (times A x y) v /\ Qabs (v - q * r) <= e;
  plus_error : forall x y q r b e, stands_for x q -> stands_for y r ->
    Qabs (q + r) <= b -> operation_error b = Some e ->
    exists v, stands_for (plus A x y) v /\ Qabs (v - (q + r)) <= e;
  times_plus_error : forall x y z q r s b d c e,
    stands_for x q -> stands_for y r -> stands_for z s ->
    Qabs (q * r) <= b -> operation_error b = Some d ->
    Qabs (q * r + s) + d <= c -> operation_error c = Some e ->
    exists v, stands_for (times_plus A x y z) v /\ Qabs (v - (q * r + s)) <= d + e;
  minus_exact : forall x q, stands_for x q -> stands_for (minus A x) (- q);
  nothing_exact : forall x q, stands_for x q -> is_nothing A x = true -> q == 0;
  after_step_error : forall x q b e, stands_for x q -> Qabs q <= b -> step_error b = Some e ->
    exists v, stands_for (after_step A x) v /\ Qabs (v - q) <= e;
  after_letter_error : forall x q b e, stands_for x q -> Qabs q <= b -> letter_error b = Some e ->
    exists v, stands_for (after_letter A x) v /\ Qabs (v - q) <= e;
  point_exact : forall x q, stands_for x q ->
    exists p d, point A [x] = Some ([p], d) /\ (0 < d)%Z /\ q * inject_Z d == inject_Z p
}.

Section Forms.

Variables (A : arithmetic) (D : analysis A).

(* What a letter computes, as a form. *)

Definition with_error (error : Q -> option Q) (i : interval) (p : form) : option form :=
  match error (size i p) with Some r => Some (worse p r) | None => None end.

Definition bind {X Y} (x : option X) (f : X -> option Y) : option Y :=
  match x with Some x => f x | None => None end.

Definition add_forms (i : interval) (p q : form) := with_error (operation_error A D) i (sum p q).
Definition scale_form (i : interval) (k : Q) (p : form) := with_error (operation_error A D) i (multiple k p).
Definition scale_add (i : interval) (k : Q) (p q : form) : option form :=
  bind (operation_error A D (size i (multiple k p))) (fun d =>
  with_error (operation_error A D) i (worse (sum (multiple k p) q) d)).

Definition step_form (i : interval) (s : step A) (h : form) : option form :=
  bind
    match s with
    | Delta beta [k] w =>
        bind (value_of A D beta) (fun beta => bind (value_of A D k) (fun k => bind (value_of A D w) (fun c =>
        bind (scale_form i k h) (fun s =>
        bind (if is_nothing A w then Some s else add_forms i s (constant (- c))) (fun u =>
        bind (scale_form i beta u) (fun t => scale_add i (- k) t h))))))
    | Dense [[m]] [b] =>
        bind (value_of A D m) (fun m => bind (value_of A D b) (fun c =>
        bind (scale_form i m h) (fun s =>
        if is_nothing A b then Some s else add_forms i s (constant c))))
    | _ => None
    end (with_error (step_error A D) i).

Fixpoint steps_form (i : interval) (own : list (step A)) (h : form) : option form :=
  match own with [] => Some h | s :: own => bind (step_form i s h) (steps_form i own) end.

Definition letter_form (i : interval) (own : list (step A)) : option form :=
  bind (steps_form i own {| slope := 1; shift := 0; off := 0 |}) (with_error (letter_error A D) i).

Definition inside (x : Q) (i : interval) : Prop := low i <= x <= high i.

(* A number is as the form says, where the coordinate was x. *)
Definition has_form (x : Q) (p : form) (y : num A) : Prop :=
  exists r, stands_for A D y r /\ Qabs (r - (slope p * x + shift p)) <= off p.

Lemma size_bounds i x p r : inside x i -> Qabs (r - (slope p * x + shift p)) <= off p ->
  Qabs r <= size i p.
Proof.
  intros [L H] F. unfold size. rewrite Qred_correct. set (y := slope p * x + shift p) in *.
  set (u := Qabs (slope p * low i + shift p)). set (v := Qabs (slope p * high i + shift p)).
  assert (B : Qabs y <= Qmax u v).
  { pose proof (Q.le_max_l u v). pose proof (Q.le_max_r u v). apply Qabs_Qle_condition.
    assert (U : - u <= slope p * low i + shift p <= u) by (apply Qabs_Qle_condition, Qle_refl).
    assert (V : - v <= slope p * high i + shift p <= v) by (apply Qabs_Qle_condition, Qle_refl).
    set (w := Qmax u v) in *. unfold y. destruct (Qlt_le_dec (slope p) 0); split; nra. }
  pose proof (Qabs_triangle y (r - y)) as T. setoid_replace (y + (r - y)) with r in T by ring. lra.
Qed.

Ltac reduce := unfold sum, multiple, worse, constant in *; cbn [slope shift off] in *;
  rewrite ?Qred_correct.

Lemma with_error_form error i x p q y r :
  with_error error i p = Some q -> inside x i ->
  Qabs (r - (slope p * x + shift p)) <= off p ->
  (forall b e, Qabs r <= b -> error b = Some e -> exists v, stands_for A D y v /\ Qabs (v - r) <= e) ->
  has_form x q y.
Proof.
  unfold with_error. intros E I P H. destruct (error (size i p)) as [e|] eqn:R; [|discriminate].
  injection E as <-. destruct (H (size i p) e (size_bounds i x p r I P) R) as (w & S & W).
  exists w. split; trivial. reduce.
  pose proof (Qabs_triangle (w - r) (r - (slope p * x + shift p))) as T.
  setoid_replace (w - r + (r - (slope p * x + shift p))) with (w - (slope p * x + shift p)) in T by ring.
  lra.
Qed.

Lemma within_sum a b c d : Qabs (a - b) <= c -> Qabs b <= d -> Qabs a <= c + d.
Proof.
  intros H K. pose proof (Qabs_triangle (a - b) b) as T.
  setoid_replace (a - b + b) with a in T by ring. lra.
Qed.

Lemma sum_off x p q r t : Qabs (r - (slope p * x + shift p)) <= off p ->
  Qabs (t - (slope q * x + shift q)) <= off q ->
  Qabs (r + t - (slope (sum p q) * x + shift (sum p q))) <= off (sum p q).
Proof.
  intros P Q. reduce.
  pose proof (Qabs_triangle (r - (slope p * x + shift p)) (t - (slope q * x + shift q))) as T.
  setoid_replace (r + t - ((slope p + slope q) * x + (shift p + shift q)))
    with (r - (slope p * x + shift p) + (t - (slope q * x + shift q))) by ring. lra.
Qed.

Lemma multiple_off x k p r : Qabs (r - (slope p * x + shift p)) <= off p ->
  Qabs (k * r - (slope (multiple k p) * x + shift (multiple k p))) <= off (multiple k p).
Proof.
  intro P. reduce.
  setoid_replace (k * r - (k * slope p * x + k * shift p)) with (k * (r - (slope p * x + shift p))) by ring.
  rewrite Qabs_Qmult. pose proof (Qabs_nonneg k). nra.
Qed.

Lemma scale_form_sound i x k c p q y : inside x i -> stands_for A D k c -> has_form x p y ->
  scale_form i c p = Some q -> has_form x q (times A k y).
Proof.
  intros I K (r & R & P) E.
  apply (with_error_form (operation_error A D) i x (multiple c p) q _ (c * r)); trivial.
  - now apply multiple_off.
  - intros b e B H. now apply (times_error A D k y c r b e).
Qed.

Lemma add_forms_sound i x p q r y z : inside x i -> has_form x p y -> has_form x q z ->
  add_forms i p q = Some r -> has_form x r (plus A y z).
Proof.
  intros I (u & U & P) (v & V & Q) E.
  apply (with_error_form (operation_error A D) i x (sum p q) r _ (u + v)); trivial.
  - now apply sum_off.
  - intros b e B H. now apply (plus_error A D y z u v b e).
Qed.

Lemma constant_form x c k : stands_for A D k c -> has_form x (constant c) k.
Proof.
  intro K. exists c. split; trivial. reduce.
  setoid_replace (c - (0 * x + c)) with 0 by ring. apply Qle_refl.
Qed.

Lemma off_worse p e : off (worse p e) == off p + e.
Proof. apply Qred_correct. Qed.

Lemma size_worse i p e : size i (worse p e) == size i p + e.
Proof. unfold size. rewrite !Qred_correct, off_worse. cbn [slope shift worse]. ring. Qed.

Lemma scale_add_sound i x k c p q r y z : inside x i -> stands_for A D k c ->
  has_form x p y -> has_form x q z -> scale_add i c p q = Some r -> has_form x r (times_plus A k y z).
Proof.
  intros I K (u & U & P) (v & V & Q) E. unfold scale_add in E.
  destruct (operation_error A D (size i (multiple c p))) as [d|] eqn:O; [|discriminate].
  cbn [bind] in E. pose proof (multiple_off x c p u P) as M. pose proof (sum_off x _ q _ v M Q) as S.
  unfold with_error in E. generalize dependent (sum (multiple c p) q). intros f E S.
  destruct (operation_error A D (size i (worse f d))) as [e|] eqn:T; [|discriminate].
  injection E as <-. pose proof (size_bounds i x _ _ I S) as B.
  destruct (times_plus_error A D k y z c u v (size i (multiple c p)) d (size i (worse f d)) e)
    as (w & W & F); trivial.
  - now apply (size_bounds i x).
  - rewrite size_worse. lra.
  - exists w. split; trivial. rewrite !off_worse. cbn [slope shift worse].
    pose proof (Qabs_triangle (w - (c * u + v)) (c * u + v - (slope f * x + shift f))) as X.
    setoid_replace (w - (c * u + v) + (c * u + v - (slope f * x + shift f)))
      with (w - (slope f * x + shift f)) in X by ring. lra.
Qed.

Lemma bind_some {X Y} (x : option X) (f : X -> option Y) y :
  bind x f = Some y -> exists u, x = Some u /\ f u = Some y.
Proof. destruct x; [eauto|discriminate]. Qed.

Lemma stored_form error (F : num A -> num A) i x p q y :
  (forall y r b e, stands_for A D y r -> Qabs r <= b -> error b = Some e ->
    exists v, stands_for A D (F y) v /\ Qabs (v - r) <= e) ->
  inside x i -> has_form x p y -> with_error error i p = Some q -> has_form x q (F y).
Proof.
  intros H I (r & R & P) E. apply (with_error_form error i x p q _ r); trivial. intros b e. now apply H.
Qed.

Ltac unbind H := let u := fresh "u" in let E := fresh "E" in
  apply bind_some in H as (u & E & H).

Lemma step_form_sound i x s p q y : inside x i -> has_form x p y -> step_form i s p = Some q ->
  exists z, take A [y] s = [z] /\ has_form x q z.
Proof.
  intros I P E. unfold step_form in E. unbind E.
  assert (S : exists z, match s with
      | Delta beta k w => move A k (times A beta
          (if is_nothing A w then dot A k [y] else plus A (dot A k [y]) (minus A w))) [y]
      | Dense rows bias => affine A rows bias [y]
      end = [z] /\ has_form x u z).
  { destruct s as [beta [|k []] w|[|[|m []] []] [|b []]]; try discriminate.
    - do 6 unbind E0. simpl dot. simpl move. eexists. split; [reflexivity|].
      assert (T : has_form x u4 (if is_nothing A w then times A k y else plus A (times A k y) (minus A w))).
      { destruct (is_nothing A w).
        - injection E5 as <-. apply (scale_form_sound i x k u1 p); trivial. now apply value_sound.
        - apply (add_forms_sound i x u3 (constant (- u2))); trivial.
          + apply (scale_form_sound i x k u1 p); trivial. now apply value_sound.
          + now apply constant_form, minus_exact, value_sound. }
      apply (scale_add_sound i x _ (- u1) u5 p); trivial.
      + now apply minus_exact, value_sound.
      + apply (scale_form_sound i x _ u0 u4); trivial. now apply value_sound.
    - do 3 unbind E0. simpl affine. eexists. split; [reflexivity|].
      destruct (is_nothing A b).
      + injection E0 as <-. apply (scale_form_sound i x m u0 p); trivial. now apply value_sound.
      + apply (add_forms_sound i x u2 (constant u1)); trivial.
        * apply (scale_form_sound i x m u0 p); trivial. now apply value_sound.
        * now apply constant_form, value_sound. }
  destruct S as (z & Z & F). exists (after_step A z). split.
  - unfold take. destruct s; now rewrite Z.
  - apply (stored_form (step_error A D) _ i x u); trivial. intros. now apply (after_step_error A D _ r b e).
Qed.

Lemma steps_form_sound i x own : forall p q y, inside x i -> has_form x p y ->
  steps_form i own p = Some q -> exists z, fold_left (take A) own [y] = [z] /\ has_form x q z.
Proof.
  induction own as [|s own IH]; intros p q y I P E.
  - injection E as <-. now exists y.
  - simpl in E. unbind E. destruct (step_form_sound i x s p u y I P E0) as (z & Z & F).
    simpl. rewrite Z. now apply (IH u q z).
Qed.

(* What a letter does to a state of an interval. *)
Lemma letter_form_sound i own q x y : inside x i -> stands_for A D y x ->
  letter_form i own = Some q -> exists z r, read A own [y] = [z] /\ stands_for A D z r /\
  Qabs (r - (slope q * x + shift q)) <= off q.
Proof.
  intros I Y E. unfold letter_form in E. unbind E.
  assert (P : has_form x {| slope := 1; shift := 0; off := 0 |} y).
  { exists x. split; trivial. cbn [slope shift off]. setoid_replace (x - (1 * x + 0)) with 0 by ring. apply Qle_refl. }
  destruct (steps_form_sound i x own _ u y I P E0) as (z & Z & F).
  destruct (stored_form (letter_error A D) (after_letter A) i x u q z) as (r & R & B); trivial.
  - intros. now apply (after_letter_error A D _ r b e).
  - exists (after_letter A z), r. unfold read. rewrite Z. auto.
Qed.

End Forms.
